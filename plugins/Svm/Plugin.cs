using Dominion.Plugins;

[assembly: Plugin("dominion.svm", 1, 1, Description = "AMD SVM for x86 cores.")]
