package org.precertocsp.responder.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.precertocsp.responder.config.ConfigException;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.config.ServerConfig;
import picocli.CommandLine.Option;

/// `-c FILE`, for every command that needs the configuration.
final class ConfigOption {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            required = true,
            description = "The configuration (a start: precert-ocsp config sample).")
    private Path file = Path.of("");

    Path file() {
        return file;
    }

    /// Commands let both exceptions pass: [PrecertOcspCommand] prints them.
    ServerConfig read() throws IOException, ConfigException {
        return ConfigReader.read(file);
    }
}
