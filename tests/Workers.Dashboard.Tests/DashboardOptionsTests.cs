using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Workers.Dashboard.Tests;

public sealed class DashboardOptionsTests
{
    private const string Somebody = "0x00000000000000000000000000000000000000a1";

    [Fact]
    public void What_compose_yaml_leaves_empty_is_as_if_it_were_not_there()
    {
        var options = Bound(("WalletRpc", ""), ("Explorer", ""), ("Publishers:0", ""), ("Publishers:1", Somebody));

        Assert.Empty(Errors(options));
        Assert.Null(options.WalletRpc);
        Assert.Null(options.Explorer);
    }

    [Theory]
    [InlineData("Origin", "https://market.example/pages", "Origin")]
    [InlineData("WalletRpc", "file:///etc/passwd", "WalletRpc")]
    [InlineData("Explorer", "javascript:alert(1)", "Explorer")]
    [InlineData("Worker", "http://encryption:8080/api", "Worker")]
    [InlineData("Publishers:0", "0x12", "Publishers")]
    [InlineData("ChainName", "", "ChainName")]
    public void What_cannot_work_is_named(string key, string value, string named) =>
        Assert.Equal([named], Errors(Bound((key, value))).SelectMany(e => e.MemberNames));

    private static DashboardOptions Bound(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build().Get<DashboardOptions>()!;

    private static List<ValidationResult> Errors(DashboardOptions options)
    {
        var errors = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), errors, validateAllProperties: true);
        return errors;
    }
}
