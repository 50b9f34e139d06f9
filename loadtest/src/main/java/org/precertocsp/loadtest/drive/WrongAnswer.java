package org.precertocsp.loadtest.drive;

import org.precertocsp.loadtest.requests.Question;

/// @param seen the actual content of the answer, as text
public record WrongAnswer(Question question, Fault fault, String seen) {}
