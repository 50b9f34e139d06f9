package org.precertocsp.responder.audit;

import java.util.List;

/// The result of checking one log.
///
/// @param first number of the first record present; more than 0 after pruning
/// @param records number of the last record plus one
/// @param checkpoint the last signed one, as text
/// @param remarks notable facts that are not faults
public record LogVerificationResult(
        String log,
        long first,
        long records,
        String checkpoint,
        List<LogProblem> problems,
        List<String> remarks) {
    public LogVerificationResult {
        problems = List.copyOf(problems);
        remarks = List.copyOf(remarks);
    }
}
