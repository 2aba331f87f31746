package io.reflux.data.idx;

import io.reflux.data.SampleShape;

/** The content of an IDX image file; {@code pixels} are {@code count} samples one after another. */
record IdxImages(int count, SampleShape shape, byte[] pixels) {}
