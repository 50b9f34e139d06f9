package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.io.DurableFile;

/// The directories of a spool.
record SpoolDirectories(Path root) {
    /// Prefix of the names of batches; no issuer's name can begin with it.
    static final String SENT = "+";

    /// Prefix of the lines of [#alive] about issuers.
    static final String ISSUER = "issuer ";

    /// Under [#processing], for files outside any issuer's directory.
    static final String NO_ISSUER = "-";

    static final FileAttribute<?> OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /// Of every file the server or a command writes into the spool.
    static final FileAttribute<?> GROUP_READS = DurableFile.permissions("rw-r-----");

    private static final FileAttribute<?> GROUP_PASSES =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x---"));

    private static final FileAttribute<?> OWNER_AND_GROUP =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---"));

    Path of(FeedKind kind) {
        return root.resolve(kind.word());
    }

    Path done() {
        return root.resolve("done");
    }

    Path refused() {
        return root.resolve("refused");
    }

    Path writing() {
        return root.resolve("tmp");
    }

    /// Where batches are moved before they are read: their senders may still follow their progress
    /// there, but not replace them.
    Path arrived(FeedKind kind) {
        return root.resolve("arrived").resolve(kind.word());
    }

    /// Where files are moved before they are read: only the server has access to them there.
    Path processing(FeedKind kind) {
        return root.resolve("processing").resolve(kind.word());
    }

    Path alive() {
        return root.resolve("watcher.alive");
    }

    /// The lines about a server's issuers in its lock file: key and name of each.
    static List<String> issuers(ConfiguredIssuer.Directory issuers) {
        return issuers.issuers().stream()
                .map(
                        issuer ->
                                ISSUER
                                        + issuer.key().keyHash(HashAlgorithm.SHA256).toHex()
                                        + " "
                                        + issuer.name())
                .toList();
    }

    static String resultOf(String name) {
        return name + ".result.json";
    }

    static String reasonOf(String name) {
        return name + ".reason.txt";
    }

    /// Creates missing directories, 0750; existing ones keep the permissions that their owner
    /// chose.
    void create() throws IOException {
        for (FeedKind kind : FeedKind.values()) {
            Files.createDirectories(of(kind), OWNER_AND_GROUP);
        }
        Files.createDirectories(done(), OWNER_AND_GROUP);
        Files.createDirectories(refused(), OWNER_AND_GROUP);
        Files.createDirectories(writing(), OWNER_AND_GROUP);
        for (FeedKind kind : FeedKind.values()) {
            Files.createDirectories(processing(kind), OWNER);
            Files.createDirectories(arrived(kind), GROUP_PASSES);
            SpoolPermissions.share(root.resolve("arrived"), root);
            SpoolPermissions.share(arrived(kind), root);
        }
    }

    /// True for names that no finished file has.
    static boolean isUnfinished(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith(".")
                || lower.endsWith(".tmp")
                || lower.endsWith(".part")
                || lower.endsWith(".filepart");
    }
}
