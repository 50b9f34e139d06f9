package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.io.DurableFile;

/// Where everything in a spool is.
record SpoolFolders(Path root) {
    /// Before the name of a folder a command sent; no issuer's name can begin with it.
    static final String SENT = "+";

    /// Begins a line of [#alive] about an issuer.
    static final String ISSUER = "issuer ";

    /// Under [#processing], files that lay in no issuer's folder.
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

    /// Where folders that commands sent are moved to before they are looked into: their senders may
    /// still follow what becomes of them there, but not put another thing in their place.
    Path arrived(FeedKind kind) {
        return root.resolve("arrived").resolve(kind.word());
    }

    /// Where files are moved to before they are looked at: nobody but the server reaches them
    /// there.
    Path processing(FeedKind kind) {
        return root.resolve("processing").resolve(kind.word());
    }

    Path alive() {
        return root.resolve("watcher.alive");
    }

    /// What a server tells in its sign of the issuers it has: name and key of each.
    static List<String> issuers(FedIssuer.Directory issuers) {
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

    /// Makes what is missing, 0750; what is there keeps the permissions its owner chose.
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
            Ownership.share(root.resolve("arrived"), root);
            Ownership.share(arrived(kind), root);
        }
    }

    /// True for names no finished file has.
    static boolean unfinished(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith(".")
                || lower.endsWith(".tmp")
                || lower.endsWith(".part")
                || lower.endsWith(".filepart");
    }
}
