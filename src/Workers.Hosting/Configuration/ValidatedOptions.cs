using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Workers.Hosting.Configuration;

/// <summary>Options that are bound and checked before anything starts.</summary>
public static class ValidatedOptions
{
    /// <summary>
    /// Binds a section of the configuration. At start-up every annotation and <see cref="IValidatableObject"/> is checked, nested
    /// objects included; an error names the key, the value (unless it is a <see cref="SecretAttribute"/>) and what is allowed.
    /// </summary>
    public static WebApplicationBuilder AddValidatedOptions<TOptions>(this WebApplicationBuilder builder, string section)
        where TOptions : class, new()
    {
        if (builder.Services.Any(s => s.ServiceType == typeof(IValidateOptions<TOptions>)))
        {
            return builder;
        }

        builder.Services.AddOptions<TOptions>()
            .Configure<IConfiguration>((options, configuration) => Bind(options, configuration, section))
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<TOptions>>(new Validator<TOptions>(section));
        return builder;
    }

    private static void Bind<TOptions>(TOptions options, IConfiguration configuration, string section)
        where TOptions : class
    {
        try
        {
            configuration.GetSection(section).Bind(options);
        }
        catch (InvalidOperationException e)
        {
            // The binder's message carries the value, which may be a secret; it is told again from the key alone.
            var errors = Unconvertible(typeof(TOptions), configuration.GetSection(section)).ToArray();
            throw new OptionsValidationException(section, typeof(TOptions), errors.Length > 0 ? errors : [$"{section} cannot be read: {e.InnerException?.GetType().Name}"]);
        }
    }

    private static IEnumerable<string> Unconvertible(Type type, IConfigurationSection section)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = section.GetSection(property.Name);
            var target = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (value.Value is null)
            {
                if (target.IsClass && target != typeof(string) && value.Exists() && !target.IsArray && !target.IsGenericType)
                {
                    foreach (var error in Unconvertible(target, value))
                    {
                        yield return error;
                    }
                }

                continue;
            }

            var converter = System.ComponentModel.TypeDescriptor.GetConverter(target);
            if (converter.CanConvertFrom(typeof(string)) && !converter.IsValid(value.Value))
            {
                yield return $"{value.Path} {Shown(property, value.Value)} is not {Wanted(target)}.";
            }
        }
    }

    private static string Wanted(Type type) => type switch
    {
        { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ when type == typeof(TimeSpan) => "a time span such as 00:00:30 (hours:minutes:seconds) or 2.00:00:00 (two days)",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(Uri) => "an address such as http://127.0.0.1:8080",
        _ => $"a {type.Name}",
    };

    private static string Shown(MemberInfo? member, object? value) =>
        member?.GetCustomAttribute<SecretAttribute>() is not null ? "(not shown)"
        : value is null ? "(not set)"
        : $"= '{Convert.ToString(value, CultureInfo.InvariantCulture)}'";

    private sealed class Validator<TOptions>(string section) : IValidateOptions<TOptions>
        where TOptions : class
    {
        public ValidateOptionsResult Validate(string? name, TOptions options)
        {
            var errors = Check(options, section).ToArray();
            return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
        }

        private static IEnumerable<string> Check(object options, string path)
        {
            var results = new List<ValidationResult>();
            Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
            foreach (var result in results)
            {
                var names = result.MemberNames.DefaultIfEmpty(string.Empty);
                foreach (var member in names)
                {
                    var property = options.GetType().GetProperty(member);
                    var key = member.Length == 0 ? path : $"{path}:{member}";
                    yield return property is null
                        ? $"{key}: {result.ErrorMessage}"
                        : $"{key} {Shown(property, property.GetValue(options))}: {result.ErrorMessage}";
                }
            }

            foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                var type = property.PropertyType;
                var isSection = type.IsClass && type != typeof(string) && type != typeof(Uri) && !type.IsArray && !type.IsGenericType;
                if (isSection && property.GetIndexParameters().Length == 0 && property.GetValue(options) is { } nested)
                {
                    foreach (var error in Check(nested, $"{path}:{property.Name}"))
                    {
                        yield return error;
                    }
                }
            }
        }
    }
}
