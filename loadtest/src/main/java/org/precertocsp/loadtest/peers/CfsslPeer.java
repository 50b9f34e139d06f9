package org.precertocsp.loadtest.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.precertocsp.der.ByteString;

/// `cfssl ocspserve`: answers from responses signed before, all in memory.
///
/// @param responses DER, one for each serial that it serves
public record CfsslPeer(InstalledProgram program, List<ByteString> responses) implements Peer {
    private static final String ONLY_ERRORS = "4";

    public CfsslPeer {
        responses = List.copyOf(responses);
    }

    public static Optional<InstalledProgram> installed() {
        return InstalledProgram.find("cfssl");
    }

    @Override
    public String name() {
        return "cfssl ocspserve";
    }

    @Override
    public String version() {
        return "cfssl " + program.firstLine("version");
    }

    @Override
    public List<String> prepare(Path directory, int port) throws PeerException {
        Path file = directory.resolve("responses.base64");
        try {
            Files.writeString(
                    file,
                    responses.stream()
                            .map(der -> Base64.getEncoder().encodeToString(der.toArray()))
                            .collect(Collectors.joining("\n")));
        } catch (IOException e) {
            throw new PeerException("writing " + file + ": " + e.getMessage(), e);
        }
        return List.of(
                program.file().toString(),
                "ocspserve",
                "-address",
                "127.0.0.1",
                "-port",
                Integer.toString(port),
                "-responses",
                file.toString(),
                "-loglevel",
                ONLY_ERRORS);
    }
}
