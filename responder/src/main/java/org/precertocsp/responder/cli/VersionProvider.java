package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// The version of this program and of the Java runtime.
public final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        Runtime.Version java = Runtime.version();
        return new String[] {
            "precert-ocsp " + number(),
            "Java %s (%s), %s %s"
                    .formatted(
                            java,
                            System.getProperty("java.vendor"),
                            System.getProperty("os.name"),
                            System.getProperty("os.arch"))
        };
    }

    /// The version of this program.
    public static String number() throws IOException {
        try (InputStream file = VersionProvider.class.getResourceAsStream("version.properties")) {
            if (file == null) {
                throw new IOException("version.properties is not beside " + VersionProvider.class);
            }
            Properties properties = new Properties();
            properties.load(file);
            return properties.getProperty("version", "unknown");
        }
    }
}
