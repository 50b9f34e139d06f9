package org.precertocsp.loadtest.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.precertocsp.loadtest.peers.Cores;
import org.precertocsp.loadtest.peers.PeerFailed;

/// The responder's key signing and nothing else, in a process of its own on the server's processor.
///
/// @param key PKCS#8 PEM
record SigningSide(Path key, Cores cores) implements Side {
    static final String NAME = "bare signatures";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Sample measure(Duration time) throws PeerFailed, InterruptedException {
        List<String> command =
                cores.pinned(
                        List.of(
                                ProcessHandle.current().info().command().orElse("java"),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path", ""),
                                SigningProbe.class.getName(),
                                key.toString(),
                                Long.toString(time.toMillis())));
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new PeerFailed("the signing probe failed: run " + String.join(" ", command));
            }
            // A logging library may have said something before.
            String last = output.strip().lines().reduce("", (_, line) -> line);
            return Sample.bare(Double.parseDouble(last));
        } catch (IOException | NumberFormatException e) {
            throw new PeerFailed("the signing probe cannot be started: " + e.getMessage(), e);
        }
    }
}
