package org.precertocsp.responder.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.LoadOptions;
import picocli.CommandLine.Option;

/// Options that change how the files of a `load` command are loaded.
final class LoadFlags {
    @Option(
            names = "--strict",
            description =
                    "all or nothing: if one record of a file is rejected or in conflict, "
                            + "nothing of the file is loaded")
    private boolean strict;

    @Option(
            names = "--dry-run",
            description =
                    "check and count everything, and write nothing; the exit codes are the same")
    private boolean dryRun;

    @Option(
            names = "--new-serials",
            description =
                    "index, csv: load it although most serials in it are known as another issuer's")
    private boolean newSerials;

    @Option(
            names = "--hex-serials",
            description =
                    "index: serials are hexadecimal, as OpenSSL writes them, although none has a"
                            + " letter")
    private boolean hexSerials;

    @Option(
            names = "--column",
            paramLabel = "NAME=HEADER",
            description =
                    "csv: what the header calls a column, such as serial='Serial Number'; may be"
                            + " given several times, and other unknown columns are then ignored")
    private List<String> columns = List.of();

    @Option(
            names = "--accept-number-reset",
            description =
                    "crl: the CA numbers its CRLs from the start again, for example after a "
                            + "restore: a lower number or an earlier date is accepted as the newest of "
                            + "its scope")
    private boolean acceptNumberReset;

    /// @throws CommandFailed an option is not for files of that kind; the message says which
    LoadOptions options(FeedKind kind) throws CommandFailed {
        Map<String, String> mapped = new HashMap<>();
        for (String column : columns) {
            Map.Entry<String, String> entry =
                    LoadOptions.column(column)
                            .orElseThrow(
                                    () ->
                                            new CommandFailed(
                                                    "--column %s: expected NAME=HEADER, such as"
                                                                    .formatted(column)
                                                            + " serial='Serial Number'"));
            if (mapped.put(entry.getKey(), entry.getValue()) != null) {
                throw new CommandFailed("--column %s is there twice".formatted(entry.getKey()));
            }
        }
        boolean list = kind == FeedKind.CSV || kind == FeedKind.INDEX;
        allow("--column", columns.isEmpty() || kind == FeedKind.CSV, kind);
        allow("--hex-serials", !hexSerials || kind == FeedKind.INDEX, kind);
        allow("--new-serials", !newSerials || list, kind);
        allow("--accept-number-reset", !acceptNumberReset || kind == FeedKind.CRL, kind);
        return new LoadOptions(strict, dryRun, newSerials, hexSerials, acceptNumberReset, mapped);
    }

    private static void allow(String option, boolean allowed, FeedKind kind) throws CommandFailed {
        if (!allowed) {
            throw new CommandFailed("%s is not for %s".formatted(option, kind.word()));
        }
    }
}
