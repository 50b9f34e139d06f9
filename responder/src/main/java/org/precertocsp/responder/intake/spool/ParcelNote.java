package org.precertocsp.responder.intake.spool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;

import org.precertocsp.responder.intake.LoadOptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What a command writes beside the files it sends: how the operator knows them.
///
/// @param issuer the configured issuer the operator named
/// @param options how the files are to be loaded
record ParcelNote(Optional<String> issuer, LoadOptions options, List<Item> items) {
    static final String FILE = "parcel.json";

    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .addModule(new Jdk8Module())
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

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
        try {
            return MAPPER.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a note is made of strings", e);
        }
    }

    /// @throws IOException if the parcel has no readable note
    static ParcelNote read(Path parcel) throws IOException {
        return MAPPER.readValue(Files.readAllBytes(parcel.resolve(FILE)), ParcelNote.class);
    }
}
