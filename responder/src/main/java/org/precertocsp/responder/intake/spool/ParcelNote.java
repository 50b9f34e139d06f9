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

/// What a command writes beside the files it sends: how the operator knows them.
///
/// @param issuer the configured issuer the operator named
/// @param options how the files are to be loaded
record ParcelNote(Optional<String> issuer, LoadOptions options, List<Item> items) {
    static final String FILE = "parcel.json";

    private static final int MAX_OCTETS = 16 << 20;

    /// @param stored the file's name in the parcel, unique for all time
    /// @param name as the operator named it
    record Item(String stored, String name) {
        Item {
            // A name that led elsewhere would let a parcel reach out of the spool.
            if (!stored.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) {
                throw new IllegalArgumentException("'" + stored + "' is no plain file name");
            }
        }
    }

    // A note of an older command has no options.
    @SuppressWarnings({"NullAway", "ConstantConditions"})
    ParcelNote {
        Objects.requireNonNull(items, "it names no files");
        options = options == null ? LoadOptions.USUAL : options;
        items = List.copyOf(items);
    }

    byte[] bytes() {
        return Json.bytes(this);
    }

    /// @throws IOException if the parcel has no readable note
    static ParcelNote read(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(FILE + " is no regular file");
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] content = in.readNBytes(MAX_OCTETS + 1);
            if (content.length > MAX_OCTETS) {
                throw new IOException("%s has more than %d bytes".formatted(FILE, MAX_OCTETS));
            }
            return Json.MAPPER.readValue(content, ParcelNote.class);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
