using Atoll.Server.Ingress.Addresses;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Atoll.Server.Tests.Ingress;

public sealed class AddressTests
{
    private const string Id = "s0123456789abcdefghij";

    [Theory]
    [InlineData("/p/" + Id + "/8000/", "/", "")]
    [InlineData("/p/" + Id + "/8000", "", "")]
    [InlineData("/p/" + Id + "/8000?a=b", "", "?a=b")]
    [InlineData("/p/" + Id + "/8000/a//b%2Fc?d=%2F&e", "/a//b%2Fc", "?d=%2F&e")]
    [InlineData("/p/" + Id + "/8000//v1/info", "//v1/info", "")]
    [InlineData("/p/" + Id + "/8000/...", "/...", "")]
    [InlineData("/p/" + Id + "/8000/a?../..", "/a", "?../..")]
    public void Path_OfAPort_IsTakenAsWritten(string target, string path, string query)
    {
        Assert.True(PortAddresses.TryParse(Request("127.0.0.1:7800", target), "localhost", out var address));
        Assert.Equal((AddressForm.Path, 8000, path, query), (address.Form, address.Port, address.Path, address.Query));
        Assert.Equal($"/p/{Id}/8000", address.Prefix);
    }

    [Theory]
    [InlineData("/p/" + Id + "/0/")]
    [InlineData("/p/" + Id + "/65536/")]
    [InlineData("/p/" + Id + "/08000/")]
    [InlineData("/p/" + Id + "/+8000/")]
    [InlineData("/p/" + Id + "/8000%2F/")]
    [InlineData("/p/" + Id)]
    [InlineData("/p/")]
    [InlineData("/p//" + Id + "/8000/")]
    [InlineData("/p/S0123456789ABCDEFGHIJ/8000/")]
    [InlineData("/p/web/8000/")]
    [InlineData("/p/" + Id + "/8000/../../../v1/info")]
    [InlineData("/p/" + Id + "/8000/%2e%2E/x")]
    [InlineData("/p/" + Id + "/8000/a/.%2e")]
    [InlineData("/p/" + Id + "/8000/a/./b")]
    [InlineData("/p/" + Id + "/8000/a\\..\\b")]
    [InlineData("/p/../v1/info")]
    [InlineData("/p/" + Id + "/8000/a b")]
    [InlineData("/p/" + Id + "/8000/a#b")]
    [InlineData("/p/" + Id + "/8000/\u00e9")]
    public void Path_Malformed_IsForPortsButForNone(string target)
    {
        var request = Request("127.0.0.1:7800", target);
        Assert.True(PortAddresses.IsForPort(request, "localhost"));
        Assert.False(PortAddresses.TryParse(request, "localhost", out _));
    }

    [Theory]
    [InlineData("/v1/info")]
    [InlineData("/P/" + Id + "/8000/")]
    [InlineData("//p/" + Id + "/8000/")]
    [InlineData("/x/../p/" + Id + "/8000/")]
    [InlineData("/%70/" + Id + "/8000/")]
    [InlineData("http://127.0.0.1/p/" + Id + "/8000/")]
    [InlineData("*")]
    public void Path_OfAnythingElse_IsNotForPorts(string target) => Assert.False(PortAddresses.IsForPort(Request("127.0.0.1:7800", target), "localhost"));

    [Theory]
    [InlineData("8000-" + Id + ".localhost:7800")]
    [InlineData("8000-" + Id + ".LocalHost")]
    [InlineData("8000-S0123456789ABCDEFGHIJ.localhost")]
    public void Host_OfAPort_LeavesThePathAlone(string host)
    {
        Assert.True(PortAddresses.TryParse(Request(host, "/v1/info?x"), "localhost", out var address));
        Assert.Equal((AddressForm.Host, Id, 8000, "/v1/info", "?x", ""), (address.Form, address.Id.Value, address.Port, address.Path, address.Query, address.Prefix));
    }

    [Theory]
    [InlineData("8000-nothing.localhost")]
    [InlineData("8000-.localhost")]
    [InlineData("99999-" + Id + ".localhost")]
    [InlineData("8000-" + Id + ".x.localhost")]
    [InlineData("8000-" + Id + "-x.localhost")]
    public void Host_LikeAPorts_NeverReachesTheApi(string host)
    {
        var request = Request(host, "/v1/info");
        Assert.True(PortAddresses.IsForPort(request, "localhost"));
        Assert.False(PortAddresses.TryParse(request, "localhost", out _));
    }

    [Theory]
    [InlineData("localhost", "localhost")]
    [InlineData("api.localhost", "localhost")]
    [InlineData("8000-" + Id + ".notlocalhost", "localhost")]
    [InlineData("8000-" + Id + ".localhost", "")]
    [InlineData("8000-" + Id + ".localhost", "example.com")]
    [InlineData("", "localhost")]
    public void Host_OfAnythingElse_IsNotForPorts(string host, string domain) => Assert.False(PortAddresses.IsForPort(Request(host, "/v1/info"), domain));

    private static DefaultHttpContext Request(string host, string target)
    {
        var http = new DefaultHttpContext();
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        http.Request.Host = new(host);
        return http;
    }
}
