using Atoll.Server.Http;

namespace Atoll.Server.Api.Files;

internal static class FileEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var files = api.MapGroup("/sandboxes/{id}/files").WithTags("files");
        files.MapGet("", ReadFile.HandleAsync).WithName("readFile").WithSummary("A file's bytes; Range is understood.");
        files.MapMethods("", [HttpMethods.Head], ReadFile.HeadAsync).WithName("headFile").WithSummary("A file's size and time, without its bytes.");
        files.MapPut("", WriteFile.HandleAsync).WithName("writeFile").WithSummary("Write a whole file, atomically; the body is its bytes.").WithBodyLimit(BodySize.Stream);
        files.MapDelete("", ChangeFiles.RemoveAsync).WithName("removeFile").WithSummary("Remove a file, symlink or directory.");
        files.MapGet("/stat", LookAtFiles.StatAsync).WithName("statFile").WithSummary("One entry.");
        files.MapGet("/list", LookAtFiles.ListAsync).WithName("listFiles").WithSummary("Entries below a directory, each directory before its content.");
        files.MapGet("/watch", WatchFiles.HandleAsync).WithName("watchFiles").WithSummary("Changes as server-sent events; the first one, watching, says that the watch is in force.");
        files.MapGet("/archive", Archives.DownloadAsync).WithName("downloadArchive").WithSummary("A file or directory as tar or tar.gz.");
        files.MapPut("/archive", Archives.UploadAsync).WithName("uploadArchive").WithSummary("Unpack a tar or tar.gz below a directory.").WithBodyLimit(BodySize.Stream);
        files.MapPost("/mkdir", ChangeFiles.MakeDirectoryAsync).WithName("makeDirectory").WithSummary("Make a directory.").WithBodyLimit(BodySize.Small);
        files.MapPost("/move", ChangeFiles.MoveAsync).WithName("moveFile").WithSummary("Move or rename an entry.").WithBodyLimit(BodySize.Small);
        files.MapPost("/copy", ChangeFiles.CopyAsync).WithName("copyFile").WithSummary("Copy a file or tree.").WithBodyLimit(BodySize.Small);
        files.MapPost("/chmod", ChangeFiles.ChmodAsync).WithName("chmodFile").WithSummary("Set permission bits.").WithBodyLimit(BodySize.Small);
        files.MapPost("/chown", ChangeFiles.ChownAsync).WithName("chownFile").WithSummary("Set the owner.").WithBodyLimit(BodySize.Small);
        files.MapPost("/find", LookAtFiles.FindAsync).WithName("findFiles").WithSummary("Find entries by name and lines by content.").WithBodyLimit(BodySize.Small);
        files.MapPost("/replace", ReplaceText.HandleAsync).WithName("replaceText").WithSummary("Replace text in files, with a result for each.").WithBodyLimit(BodySize.Text);
    }
}
