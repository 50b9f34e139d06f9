package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.io.Json;

/// The manifest that a command writes beside the files it sends: the operator's names of them.
///
/// @param issuer the configured issuer the operator named
/// @param options how the files are to be loaded
record BatchManifest(Optional<String> issuer, LoadOptions options, List<Item> items) {
    static final String FILE = "parcel.json";

    private static final int MAX_BYTES = 16 << 20;

    /// @param stored the file's name in the batch, never reused
    /// @param name given by the operator
    record Item(String stored, String name) {
        Item {
            // A path would let a batch refer to files outside the spool.
            if (!stored.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) {
                throw new IllegalArgumentException("'" + stored + "' is not a plain file name");
            }
        }
    }

    // Manifests of older commands have no options.
    @SuppressWarnings({"NullAway", "ConstantConditions"})
    BatchManifest {
        Objects.requireNonNull(items, "it lists no files");
        options = options == null ? LoadOptions.USUAL : options;
        items = List.copyOf(items);
    }

    byte[] bytes() {
        return Json.bytes(this);
    }

    /// @throws IOException if the batch has no readable manifest
    static BatchManifest read(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(FILE + " is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new IOException("%s has more than %d bytes".formatted(FILE, MAX_BYTES));
            }
            return Json.MAPPER.readValue(content, BatchManifest.class);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
