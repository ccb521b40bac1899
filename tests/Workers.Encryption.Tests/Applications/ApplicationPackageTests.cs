using System.Text;
using Workers.Encryption.Applications;

namespace Workers.Encryption.Tests.Applications;

public sealed class ApplicationPackageTests
{
    [Fact]
    public void A_config_gives_name_version_and_tags_in_order()
    {
        var package = Parse("""{"name":"Mail","version":"1.2","tags":[{"tag":"mail","description":"Messages"},{"tag":"0.a-b_c","description":"Others"}],"more":1}""");
        Assert.Equal(("Mail", "1.2"), (package.Name, package.Version));
        Assert.Equal([new ApplicationTag("mail", "Messages"), new ApplicationTag("0.a-b_c", "Others")], package.Tags);
        Assert.Null(Parse("""{"name":"Mail","tags":[{"tag":"m","description":"x"}]}""").Version);
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("not json", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("""{"tags":[{"tag":"a","description":"x"}]}""", "\"name\"")]
    [InlineData("""{"name":5,"tags":[{"tag":"a","description":"x"}]}""", "\"name\"")]
    [InlineData("""{"name":"","tags":[{"tag":"a","description":"x"}]}""", "\"name\"")]
    [InlineData("""{"name":"a\u0007","tags":[{"tag":"a","description":"x"}]}""", "control")]
    [InlineData("""{"name":"\ud800","tags":[{"tag":"a","description":"x"}]}""", "Unicode")]
    [InlineData("""{"name":"a","version":2,"tags":[{"tag":"a","description":"x"}]}""", "\"version\"")]
    [InlineData("""{"name":"a"}""", "\"tags\"")]
    [InlineData("""{"name":"a","tags":[]}""", "\"tags\"")]
    [InlineData("""{"name":"a","tags":"mail"}""", "\"tags\"")]
    [InlineData("""{"name":"a","tags":["mail"]}""", "\"tags\"")]
    [InlineData("""{"name":"a","tags":[{"description":"x"}]}""", "no \"tag\"")]
    [InlineData("""{"name":"a","tags":[{"tag":"a"}]}""", "description")]
    [InlineData("""{"name":"a","tags":[{"tag":"a","description":"x"},{"tag":"a","description":"y"}]}""", "twice")]
    [InlineData("""{"name":"a","name":"b","tags":[{"tag":"a","description":"x"}]}""", "twice")]
    [InlineData("""{"name":"a","tags":[{"tag":"A","description":"x"}]}""", "not allowed")]
    [InlineData("""{"name":"a","tags":[{"tag":"..","description":"x"}]}""", "not allowed")]
    [InlineData("""{"name":"a","tags":[{"tag":"a/b","description":"x"}]}""", "not allowed")]
    [InlineData("""{"name":"a","tags":[{"tag":"-a","description":"x"}]}""", "not allowed")]
    [InlineData("""{"name":"a","tags":[{"tag":"a\n","description":"x"}]}""", "\"tag\"")]
    [InlineData("""{"name":"a","tags":[{"tag":"a","description":"x"}]} trailing""", "JSON")]
    [InlineData("""{"name":"a","x":[[[[[[[[[[]]]]]]]]]],"tags":[{"tag":"a","description":"x"}]}""", "nested")]
    public void A_config_with_something_wrong_is_refused_with_a_message_that_names_it(string json, string expected) =>
        Assert.Contains(expected, Refuse(Encoding.UTF8.GetBytes(json)), StringComparison.Ordinal);

    [Fact]
    public void Other_encodings_long_tags_and_huge_configs_are_refused()
    {
        Assert.Contains("UTF-8", Refuse([0x7b, 0xff, 0x7d]), StringComparison.Ordinal);
        Assert.Contains("at most", Refuse(new byte[ApplicationPackage.MaxConfigBytes + 1]), StringComparison.Ordinal);
        Assert.Contains("\"tag\"", Refuse(Encoding.UTF8.GetBytes($$"""{"name":"a","tags":[{"tag":"{{new string('a', 65)}}","description":"x"}]}""")), StringComparison.Ordinal);
        Parse($$"""{"name":"a","tags":[{"tag":"{{new string('a', 64)}}","description":"x"}]}""");
        var tooMany = string.Join(',', Enumerable.Range(0, 257).Select(i => $$"""{"tag":"t{{i}}","description":"x"}"""));
        Assert.Contains("256", Refuse(Encoding.UTF8.GetBytes($$"""{"name":"a","tags":[{{tooMany}}]}""")), StringComparison.Ordinal);
    }

    private static ApplicationPackage Parse(string json) => ApplicationPackage.ParseConfig(Encoding.UTF8.GetBytes(json));

    private static string Refuse(byte[] json) => Assert.Throws<ApplicationPackageException>(() => ApplicationPackage.ParseConfig(json)).Message;
}
