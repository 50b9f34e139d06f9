package org.precertocsp.responder.status;

/// A store that can also list what it knows.
public interface ListedStore extends StatusStore, SerialList {}
