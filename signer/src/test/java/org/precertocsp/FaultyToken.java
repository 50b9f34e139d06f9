package org.precertocsp;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A PKCS#11 module in front of SoftHSM that misbehaves as the test says: `misbehaving_pkcs11.c`,
/// which says how, compiled by the test. Needs a C compiler.
public final class FaultyToken {
    private static final Path SOURCE = Path.of("signer/src/test/c/misbehaving_pkcs11.c");

    private final SoftHsm hsm;
    private final Path directory;
    private final Path library;

    private FaultyToken(SoftHsm hsm, Path directory) {
        this.hsm = hsm;
        this.directory = directory;
        this.library = directory.resolve("misbehaving.so");
    }

    /// @param directory of its own
    public static FaultyToken before(SoftHsm hsm, Path directory) throws IOException {
        FaultyToken token = new FaultyToken(hsm, Files.createDirectories(directory));
        SharedLibrary.compile(SOURCE, token.library, "-ldl", "-lpthread");
        return token;
    }

    /// The module to name in a configuration.
    public Path library() {
        return library;
    }

    /// From the next call on.
    ///
    /// @param mode such as `flip 3 1`: after three right signatures, every one
    public void mode(String mode) throws IOException {
        Path written = Files.writeString(directory.resolve("mode.new"), mode);
        Files.move(written, directory.resolve("mode"), REPLACE_EXISTING, ATOMIC_MOVE);
    }

    /// What was called, a line for each `C_Login`, with what it returned, and each `C_Sign`.
    public List<String> calls() throws IOException {
        Path calls = directory.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    /// How often a PIN was tried that the token did not take.
    public long refusedLogins() throws IOException {
        return calls().stream().filter(it -> it.matches("C_Login 0xa[0-9a-f]")).count();
    }

    /// For processes that shall use this module.
    public Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(hsm.environment());
        environment.put("MISBEHAVING_MODULE", SoftHsm.library().toString());
        environment.put("MISBEHAVING_FOLDER", directory.toAbsolutePath().toString());
        return environment;
    }

    /// As [SoftHsm#useInThisProcess].
    public FaultyToken useInThisProcess() {
        environment().forEach(SoftHsm::setInThisProcess);
        return this;
    }
}
