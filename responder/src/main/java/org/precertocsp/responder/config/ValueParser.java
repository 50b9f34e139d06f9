package org.precertocsp.responder.config;

/// Parses the text of one value.
@FunctionalInterface
interface ValueParser<T> {
    T read(String text) throws InvalidValueException;
}
