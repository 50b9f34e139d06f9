package org.precertocsp.responder.admin;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.precertocsp.responder.alert.Alerts;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.intake.LoadSummary;

/// The state of the running server that the API shows to people.
///
/// @param overview computed at each call; does not block
/// @param answers what clients would receive; its use is not counted
/// @param loaded notified of every uploaded file
public record ConsoleData(
        Supplier<Overview> overview,
        Alerts alerts,
        AnswerService answers,
        Consumer<LoadSummary> loaded) {}
