package org.precertocsp.responder.config;

/// How the text of one value is understood.
@FunctionalInterface
interface Format<T> {
    T read(String text) throws BadValue;
}
