package org.precertocsp.signer.key;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.precertocsp.RequiredTools;

/// The openssl command, making key files as operators do.
final class OpenSsl {
    private OpenSsl() {}

    /// @param command as typed, blanks between arguments
    static void openssl(String command) {
        List<String> arguments =
                new ArrayList<>(List.of(RequiredTools.program("openssl").toString()));
        arguments.addAll(List.of(command.split(" ")));
        try {
            Process process = new ProcessBuilder(arguments).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(arguments + ": " + output);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot run openssl", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
