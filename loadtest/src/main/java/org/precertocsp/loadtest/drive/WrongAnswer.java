package org.precertocsp.loadtest.drive;

import org.precertocsp.loadtest.requests.RequestDescription;

/// @param seen the actual content of the answer, as text
public record WrongAnswer(RequestDescription question, AnswerFault fault, String seen) {}
