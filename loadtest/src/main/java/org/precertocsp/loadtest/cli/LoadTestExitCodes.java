package org.precertocsp.loadtest.cli;

/// Exit codes of all commands, as listed in the help.
final class LoadTestExitCodes {
    static final int OK = 0;
    static final int WRONG_ANSWERS = 1;
    static final int USAGE = 2;

    /// No result: target, requests or files failed.
    static final int CANNOT = 3;

    private LoadTestExitCodes() {}
}
