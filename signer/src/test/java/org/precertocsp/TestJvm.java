package org.precertocsp;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Java processes with the class path of the tests, for what needs a process of its own: to be
/// killed, to be preloaded with a library, to have little memory.
public final class TestJvm {
    private TestJvm() {}

    /// A process that runs `main`; the caller starts it.
    public static ProcessBuilder of(Class<?> main, String... arguments) {
        return with(List.of(), main, arguments);
    }

    /// As above.
    ///
    /// @param options of the JVM
    public static ProcessBuilder with(List<String> options, Class<?> main, String... arguments) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                // It lives for seconds: a better compiler would not pay.
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }
}
