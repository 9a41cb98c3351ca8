// The signal handlers that catch an instruction's exception are the process's: one check at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
