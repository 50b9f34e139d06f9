/// The command line: one file for each command, with its options.
///
/// Start at [PrecertOcspCommand][PrecertOcspCommand], the command with all others below it; `Main`
/// lists them. Options that several commands share are picocli mixins: `ConfigOption`,
/// `OutputOptions`, `CtLogOptions`, `ApiClientOptions`, `SerialOptions`.
///
/// Commands get the rest of the program through two interfaces, [CommandContext][CommandContext]
/// and [AuditContext][AuditContext], and their environment (clock, standard input, terminal) as a
/// record. So tests run every command with fakes.
///
/// The hard idea is in `load`: it works the same whether or not a server has the store open. It
/// tries to open the store; if a server has it, the files go through the server's spool directory
/// and the command waits for the result.
///
/// Exit codes: 0 done, 1 problems found or input rejected, 2 wrong usage, 3 could not be done.
@NullMarked
package org.precertocsp.responder.cli;

import org.jspecify.annotations.NullMarked;
