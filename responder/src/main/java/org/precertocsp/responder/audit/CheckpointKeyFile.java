package org.precertocsp.responder.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// The file of the logs' key.
///
/// @param log name of the log in reported problems
/// @param beside true if this program created it in the logs' directory, so that its content must
///   be exactly as written
public record CheckpointKeyFile(String log, Path path, boolean beside) {
    /// Its problem, or empty.
    ///
    /// @param verifiers the expected public keys of the logs
    List<LogProblem> problems(List<CheckpointVerifier> verifiers) {
        try {
            CheckpointSigner key = CheckpointSigner.read(path);
            if (beside && !Files.readString(path, StandardCharsets.ISO_8859_1).equals(key.pem())) {
                return List.of(problem("is not as it was written, though the key is the same"));
            }
            return verifiers.stream()
                    .filter(it -> !it.equals(key.verifier(it.name())))
                    .map(it -> problem("is not the key of " + it.text()))
                    .toList();
        } catch (NoSuchFileException _) {
            return List.of(problem("is gone"));
        } catch (IOException e) {
            return List.of(problem(String.valueOf(e.getMessage())));
        }
    }

    private LogProblem problem(String what) {
        return new LogProblem(log, path.toString(), what, false);
    }
}
