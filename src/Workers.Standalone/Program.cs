using Workers.Standalone;

return await StandaloneCommand.Create().Parse(args).InvokeAsync();
