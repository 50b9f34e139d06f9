package org.precertocsp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// SoftHSM with tokens of the test's own, and none of the machine's. Fails where softhsm2-util or
/// pkcs11-tool are missing.
///
/// SoftHSM finds its configuration by the environment: give [#environment] to child processes, and
/// call [#useInThisProcess] before a key is opened in this one.
public final class SoftHsm {
    public static final String PIN = "98765432";

    private final Path directory;
    private final Path configuration;

    private SoftHsm(Path directory) {
        this.directory = directory;
        this.configuration = directory.resolve("softhsm2.conf");
    }

    /// An HSM without tokens, its state kept in `directory`.
    public static SoftHsm in(Path directory) throws IOException {
        RequiredTools.program("softhsm2-util");
        RequiredTools.program("pkcs11-tool");
        SoftHsm hsm = new SoftHsm(directory);
        Files.createDirectories(hsm.tokens());
        Files.writeString(
                hsm.configuration,
                """
                directories.tokendir = %s
                objectstore.backend = file
                log.level = ERROR
                slots.removable = false
                """
                        .formatted(hsm.tokens().toAbsolutePath()));
        return hsm;
    }

    /// The PKCS#11 module.
    public static Path library() {
        return Stream.of(
                        "/usr/lib/softhsm/libsofthsm2.so",
                        "/usr/lib64/pkcs11/libsofthsm2.so",
                        "/usr/lib64/softhsm/libsofthsm2.so",
                        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
                        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so")
                .map(Path::of)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("SoftHSM2 is not installed"));
    }

    /// For processes that shall see this HSM.
    public Map<String, String> environment() {
        return Map.of("SOFTHSM2_CONF", configuration.toAbsolutePath().toString());
    }

    /// Makes this process see this HSM, from the next time the library is initialised. Java's
    /// `System.getenv` does not notice.
    public SoftHsm useInThisProcess() {
        environment().forEach(SoftHsm::setInThisProcess);
        return this;
    }

    @SuppressWarnings("restricted") // setenv is not to be had otherwise
    static void setInThisProcess(String variable, String text) {
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor shape = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
        MemorySegment setenv = linker.defaultLookup().findOrThrow("setenv");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(variable);
            MemorySegment value = arena.allocateFrom(text);
            linker.downcallHandle(setenv, shape).invokeWithArguments(name, value, 1);
        } catch (Throwable e) {
            throw new IllegalStateException("setenv failed", e);
        }
    }

    /// A new token with [#PIN].
    public SoftHsm withToken(String label) {
        run(
                "softhsm2-util",
                "--init-token",
                "--free",
                "--label",
                label,
                "--so-pin",
                "12345678",
                "--pin",
                PIN);
        return this;
    }

    /// Makes a key pair on the token, as an operator would; no certificate.
    ///
    /// @param kind as pkcs11-tool has it: `rsa:2048`, `EC:prime256v1`
    public SoftHsm withKeyPair(String token, String kind, String label, String idHex) {
        run(
                "pkcs11-tool",
                "--module",
                library().toString(),
                "--token-label",
                token,
                "--login",
                "--pin",
                PIN,
                "--keypairgen",
                "--key-type",
                kind,
                "--label",
                label,
                "--id",
                idHex,
                "--usage-sign");
        return this;
    }

    /// Imports a key whose public half the test has, so that it can make certificates for it.
    public SoftHsm withImported(String token, PrivateKey key, String label, String idHex) {
        Path file = directory.resolve("import-" + label + ".pem");
        try {
            Files.writeString(file, TestCa.pem("PRIVATE KEY", key.getEncoded()));
            run(
                    "softhsm2-util",
                    "--import",
                    file.toString(),
                    "--token",
                    token,
                    "--label",
                    label,
                    "--id",
                    idHex,
                    "--pin",
                    PIN);
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /// Takes all tokens away, as if the HSM had died.
    public void vanish() throws IOException {
        Files.move(tokens(), away());
        Files.createDirectory(tokens());
    }

    /// Undoes [#vanish].
    public void comeBack() throws IOException {
        Files.delete(tokens());
        Files.move(away(), tokens());
    }

    /// Deletes the public keys of a token, as some HSMs keep private keys alone.
    public SoftHsm withoutPublicKey(String token, String label) {
        run(
                "pkcs11-tool",
                "--module",
                library().toString(),
                "--token-label",
                token,
                "--login",
                "--pin",
                PIN,
                "--delete-object",
                "--type",
                "pubkey",
                "--label",
                label);
        return this;
    }

    private Path tokens() {
        return directory.resolve("tokens");
    }

    private Path away() {
        return directory.resolve("tokens-away");
    }

    private void run(String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        try {
            ProcessBuilder builder = new ProcessBuilder(arguments).redirectErrorStream(true);
            builder.environment().putAll(environment());
            Process process = builder.start();
            byte[] output = process.getInputStream().readAllBytes();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(
                        arguments + ": " + new String(output, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot run " + command[0], e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
