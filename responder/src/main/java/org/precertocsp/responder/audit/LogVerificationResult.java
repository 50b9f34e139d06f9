package org.precertocsp.responder.audit;

import java.util.List;

/// The result of checking one log.
///
/// @param first number of the first record kept; more than 0 after pruning
/// @param records number of the last record and one
/// @param checkpoint the last signed one, as text
/// @param remarks what is worth knowing and no fault
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
