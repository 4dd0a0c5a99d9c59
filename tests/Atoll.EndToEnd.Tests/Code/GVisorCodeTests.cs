using System.Net;
using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Routes;

namespace Atoll.EndToEnd.Tests.Code;

public sealed class GVisorCodeTests(CodeServer server, CodeSandbox shared) : CodeSuite(server, shared)
{
    protected override string Isolation => "gvisor";

    protected override string Runtime => "runsc";

    [Fact, Operation("runCode", "forkCheckpoint")]
    public async Task Contexts_WithSavedMemory_KeepTheirStateOverAWakeAndRandomNumbersOfTheirOwnInForks()
    {
        (string Language, string Seed, string Draw)[] generators =
        [
            ("python", "import random; x = 7; random.seed(42)", "print(random.random())"),
            ("javascript", "globalThis.x = 7; Math.random(); undefined", "console.log(Math.random())"),
            ("bash", "x=7; RANDOM=42", "echo $RANDOM$RANDOM$RANDOM"),
        ];
        var id = await Api.CreateAsync(new() { ["template"] = "default", ["isolation"] = "gvisor", ["memoryMiB"] = 512 }, Cancelled);
        List<string> made = [id];
        try
        {
            foreach (var (language, seed, _) in generators) await InAsync(id, seed, language);

            // The one that goes on is the same program as before: its seed stays.
            var expected = (string)(await InAsync(id, "import random as r; print(r.Random(42).random())"))["stdout"]!;
            foreach (var verb in (string[])["suspend", "start"]) Assert.Equal(HttpStatusCode.OK, (await Api.SendAsync(HttpMethod.Post, $"/v1/sandboxes/{id}/{verb}", "{}", Cancelled)).Status);
            var woken = await InAsync(id, "print(random.random())");
            Assert.Equal((expected, false), ((string)woken["stdout"]!, (bool)woken["restarted"]!));

            var saved = await Api.PostAsync($"/v1/sandboxes/{id}/checkpoints", new JsonObject { ["kind"] = "full" }, Cancelled);
            Assert.True(saved.Status == HttpStatusCode.Created, saved.Text);
            var forked = await Api.PostAsync($"/v1/checkpoints/{saved.Json!["id"]}/fork", new JsonObject { ["count"] = 2 }, Cancelled);
            made.AddRange(forked.Json!["results"]!.AsArray().Select(one => (string)one!["sandbox"]!["id"]!));
            foreach (var (language, _, draw) in generators)
            {
                HashSet<string> drawn = [];
                foreach (var one in made) Assert.True(drawn.Add((string)(await InAsync(one, draw, language))["stdout"]!), $"two forks draw the same in {language}");
            }

            // Put back twice, it draws anew each time.
            HashSet<string> again = [];
            for (var i = 0; i < 2; i++)
            {
                var restored = await Api.PostAsync($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = (string)saved.Json["id"]! }, Cancelled);
                Assert.True(restored.Status == HttpStatusCode.OK, restored.Text);
                Assert.True(again.Add((string)(await InAsync(id, "print(random.random())"))["stdout"]!), "a restore draws what the one before it drew");
            }
        }
        finally
        {
            foreach (var item in (await Api.GetAsync($"/v1/sandboxes/{id}/checkpoints?limit=100", CancellationToken.None)).Json!["items"]!.AsArray())
                await Api.DeleteAsync($"/v1/checkpoints/{item!["id"]}", CancellationToken.None);
            foreach (var one in made) await Api.DeleteAsync($"/v1/sandboxes/{one}", CancellationToken.None);
        }
    }
}
