package org.precertocsp.responder.cli;

/// The exit codes of all commands; their help lists the same numbers.
final class ExitCodes {
    static final int OK = 0;

    /// The input was read and has problems, or was rejected.
    static final int REFUSED = 1;

    static final int USAGE = 2;

    /// No result: a file, store, token or network failed.
    static final int CANNOT = 3;

    /// For `exitCodeList` of commands.
    static final String OK_HELP = "0:done, no problems";

    static final String REFUSED_HELP = "1:problems found or input rejected";
    static final String USAGE_HELP = "2:wrong usage";
    static final String CANNOT_HELP = "3:could not be done: file, store, token or network failed";

    private ExitCodes() {}
}
