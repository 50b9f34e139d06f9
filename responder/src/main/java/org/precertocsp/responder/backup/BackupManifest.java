package org.precertocsp.responder.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.audit.CheckpointSigner;
import org.precertocsp.responder.audit.CheckpointVerifier;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.io.Json;

/// The content of `backup.json`: what a backup consists of, and what it was made of.
///
/// @param format of backups; raised when an earlier program would misread one
/// @param madeAt everything acknowledged before this is in it
/// @param program version that made it
/// @param host machine that made it
/// @param logName of the audit log, as in the configuration
/// @param key public key of the audit log in hexadecimal, which also signs the backup
/// @param configSha256 of the configuration file, which is not in the backup
/// @param newestSet in the store
/// @param events number of records in the event log
/// @param signatures number of records in the signature journal
/// @param files in the order in which they are restored
public record BackupManifest(
        int format,
        UUID id,
        Instant madeAt,
        String program,
        String host,
        String logName,
        String key,
        String configSha256,
        Optional<Set> newestSet,
        long events,
        long signatures,
        List<Item> files) {
    static final int FORMAT = 1;

    static final String FILE = "backup.json";
    private static final String SIGNATURE_FILE = FILE + ".sig";
    private static final String PURPOSE = "precert-ocsp backup";

    // A hundred bytes a file.
    private static final long MAX_BYTES = 100_000_000;

    // Names come from the file: none may lead elsewhere.
    private static final Pattern NAME =
            Pattern.compile(
                    "(store|audit/events|audit/signatures|audit/damaged/[A-Za-z0-9-]+|alerts)"
                            + "/[A-Za-z0-9][A-Za-z0-9._-]*");

    /// A set of changes in the audit log.
    public record Set(long set, String mark) {}

    /// @param name path inside the backup
    public record Item(String name, long bytes, String sha256) {
        boolean isIn(String directory) {
            return name.startsWith(directory + "/");
        }
    }

    public BackupManifest {
        Objects.requireNonNull(madeAt, "madeAt");
        Objects.requireNonNull(key, "key");
        files = List.copyOf(files);
    }

    /// Size of all files.
    public long bytes() {
        return files.stream().mapToLong(Item::bytes).sum();
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /// Completes a backup whose files are on disk.
    void write(Path backup, CheckpointSigner signer) throws IOException {
        byte[] content = (Json.indented(this) + "\n").getBytes(StandardCharsets.UTF_8);
        String signature = signer.sign(PURPOSE, ByteString.of(content)).toHex() + "\n";
        DurableFile.write(
                backup.resolve(SIGNATURE_FILE),
                signature.getBytes(StandardCharsets.US_ASCII),
                DurableFile.permissions("rw-------"));
        DurableFile.write(backup.resolve(FILE), content, DurableFile.permissions("rw-------"));
    }

    /// Reads the manifest of a complete backup, and verifies its signature.
    ///
    /// @param known the key that must have signed it; if empty, the one it names: then damage is
    ///   found, but not a forgery
    static BackupManifest read(Path backup, Optional<CheckpointVerifier> known)
            throws IOException, BackupRefusedException {
        Path file = backup.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new BackupRefusedException(
                    "%s is not a complete backup: it has no %s. Use another backup"
                            .formatted(backup, FILE));
        }
        if (Files.size(file) > MAX_BYTES) {
            throw damaged(file);
        }
        byte[] content = Files.readAllBytes(file);
        BackupManifest manifest = parse(file, content);
        if (known.isPresent() && !known.get().key().toHex().equals(manifest.key())) {
            throw new BackupRefusedException(
                    "%s was signed with another key than that of this configuration's audit log: the backup belongs to another server, or the key is not the one the log was written with. Put the right key in place (audit.key, or key.pem in audit.directory)"
                            .formatted(file));
        }
        verify(backup, content, manifest.key());
        for (Item item : manifest.files()) {
            if (!isName(item.name())) {
                throw new BackupRefusedException(
                        "%s lists a file with a name that no backup has: %s"
                                .formatted(file, item.name()));
            }
        }
        return manifest;
    }

    private static BackupManifest parse(Path file, byte[] content)
            throws IOException, BackupRefusedException {
        try {
            JsonNode tree = Json.MAPPER.readTree(content);
            int format = tree.path("format").asInt();
            if (format > FORMAT) {
                throw new BackupRefusedException(
                        "%s has format %d, and this version reads %d: it was made by version %s; install that one or a newer one"
                                .formatted(file, format, FORMAT, tree.path("program").asText("?")));
            }
            if (format != FORMAT) {
                throw damaged(file);
            }
            return Json.MAPPER.treeToValue(tree, BackupManifest.class);
        } catch (JsonProcessingException e) {
            throw damaged(file);
        }
    }

    private static void verify(Path backup, byte[] content, String key)
            throws IOException, BackupRefusedException {
        Path file = backup.resolve(SIGNATURE_FILE);
        if (!Files.isRegularFile(file)) {
            throw new BackupRefusedException(
                    "%s is missing, so the backup cannot be verified. Use another backup"
                            .formatted(file));
        }
        try {
            String text = Files.readString(file);
            ByteString signature = ByteString.ofHex(text.strip());
            CheckpointVerifier signer = new CheckpointVerifier("backup", ByteString.ofHex(key));
            if (text.equals(signature.toHex() + "\n")
                    && signer.verifies(PURPOSE, ByteString.of(content), signature)) {
                return;
            }
        } catch (IllegalArgumentException | CharacterCodingException _) {
            // Neither is what was written.
        }
        throw damaged(backup.resolve(FILE));
    }

    private static BackupRefusedException damaged(Path file) {
        return new BackupRefusedException(
                file
                        + " is not what was written: its signature does not verify. Use another"
                        + " backup, and find out who or what changed this one");
    }
}
