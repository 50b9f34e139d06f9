package org.precertocsp.responder.admin.api;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.precertocsp.responder.admin.overview.Overview;
import org.precertocsp.responder.alert.Alerts;
import org.precertocsp.responder.answer.ResponseSource;
import org.precertocsp.responder.intake.LoadSummary;

/// What people see of the running server through the API.
///
/// @param overview made anew at every look; does not wait
/// @param answers what a client would be told; asking it is counted nowhere
/// @param loaded hears of every file uploaded
public record Insight(
        Supplier<Overview> overview,
        Alerts alerts,
        ResponseSource answers,
        Consumer<LoadSummary> loaded) {}
