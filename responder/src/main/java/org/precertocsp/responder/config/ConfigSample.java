package org.precertocsp.responder.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// A configuration with every key explained: units, defaults, and what the choices mean.
public final class ConfigSample {
    private ConfigSample() {}

    public static String text() {
        try (InputStream sample = ConfigSample.class.getResourceAsStream("sample.yaml")) {
            if (sample == null) {
                throw new IllegalStateException("sample.yaml is not beside " + ConfigSample.class);
            }
            return new String(sample.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
