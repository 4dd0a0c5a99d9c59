return await Atoll.Server.Verbs.CommandLine.RunAsync(args);
