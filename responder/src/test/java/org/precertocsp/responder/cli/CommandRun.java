package org.precertocsp.responder.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/// What a command printed and how it ended.
record CommandRun(int exitCode, String out, String err) {
    static CommandRun of(CommandLine line, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code =
                line.setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                        .execute(arguments);
        return new CommandRun(code, out.toString(), err.toString());
    }
}
