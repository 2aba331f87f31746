/**
 * How integers of few bits lie in a file: as a type of ONNX, or several in a word, with the nodes that unpack them. Engines
 * fold these nodes when they load the file, so that what runs has integers of 8 bits.
 */
@NullMarked
package io.reflux.quantization.storage;

import org.jspecify.annotations.NullMarked;
