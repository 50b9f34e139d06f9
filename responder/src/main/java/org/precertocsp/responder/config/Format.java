package org.precertocsp.responder.config;

/// Parses the text of one value.
@FunctionalInterface
interface Format<T> {
    T read(String text) throws BadValue;
}
