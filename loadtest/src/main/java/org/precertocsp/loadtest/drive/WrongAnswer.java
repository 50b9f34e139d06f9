package org.precertocsp.loadtest.drive;

import org.precertocsp.loadtest.requests.Question;

/// @param seen what the answer says instead, for people
public record WrongAnswer(Question question, Fault fault, String seen) {}
