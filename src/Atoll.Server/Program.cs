return await Atoll.Server.Composition.Verbs.RunAsync(args);
