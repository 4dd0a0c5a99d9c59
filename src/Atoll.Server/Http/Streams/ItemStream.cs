using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Atoll.Server.Api;
using Atoll.Server.Http.Calls;
using Atoll.Server.Json;
using Microsoft.AspNetCore.Http.Metadata;

namespace Atoll.Server.Http.Streams;

/// <summary>
/// <c>{"items":[…],"truncated":false,"nextCursor":null}</c>, written as the items come, so that a directory of a million entries takes no memory here. At most <paramref name="limit"/>
/// items; <c>truncated</c> says that there were more. An answer that breaks off is cut, which clients see as a broken transfer, never as a shorter list.
/// </summary>
internal sealed class ItemStream<T>(IAsyncEnumerable<T> items, JsonTypeInfo<T> type, int limit) : GuestStream, IEndpointMetadataProvider
{
    private const int FlushBytes = 32 * 1024;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(200, typeof(TruncatedItems<T>), ["application/json"]));

    protected override async Task SendAsync(HttpContext http, CancellationToken over)
    {
        var output = http.Response.BodyWriter;
        await using var enumerator = items.GetAsyncEnumerator(over);

        // The first item is asked for before anything is sent: what fails at once can still be answered properly.
        var more = await enumerator.MoveNextAsync();
        http.Response.ContentType = "application/json; charset=utf-8";
        try
        {
            using var json = new Utf8JsonWriter(output, JsonRules.WriterOptions);
            json.WriteStartObject();
            json.WriteStartArray("items");
            for (var count = 0; more && count < limit; count++, more = await enumerator.MoveNextAsync())
            {
                JsonSerializer.Serialize(json, enumerator.Current, type);
                if (json.BytesPending + output.UnflushedBytes <= FlushBytes) continue;
                json.Flush();
                await output.FlushAsync(over);
            }

            json.WriteEndArray();
            json.WriteBoolean("truncated", more);
            json.WriteNull("nextCursor");
            json.WriteEndObject();
            json.Flush();
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            http.Abort();
            return;
        }

        await output.FlushAsync(over);
    }
}
