package org.precertocsp.loadtest.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.precertocsp.loadtest.corpus.Corpus;
import org.precertocsp.loadtest.corpus.ResponderYaml;

/// precert-ocsp started as its distribution starts it, with its defaults.
///
/// @param store directory of the store, loaded before
/// @param presign the issuer's setting
public record PrecertOcspPeer(
        PrecertOcspDistribution distribution, Corpus corpus, Path store, String presign)
        implements Peer {
    @Override
    public String name() {
        return "precert-ocsp";
    }

    @Override
    public String version() {
        return distribution.version();
    }

    @Override
    public List<String> prepare(Path directory, int port) throws PeerException {
        Path yaml = directory.resolve("precert-ocsp.yaml");
        Optional<String> setting =
                distribution.knows("presign:") ? Optional.of(presign) : Optional.empty();
        try {
            Files.writeString(
                    yaml,
                    new ResponderYaml(corpus.directory(), store, "127.0.0.1:" + port, setting)
                            .toString());
        } catch (IOException e) {
            throw new PeerException("writing " + yaml + ": " + e.getMessage(), e);
        }
        return List.of(distribution.program().toString(), "serve", "-c", yaml.toString());
    }
}
