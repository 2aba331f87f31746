/** What leaves a run: the ONNX file, with notes inside that say how pixels become its inputs, checked where it is quantised. */
@NullMarked
package io.reflux.student.export;

import org.jspecify.annotations.NullMarked;
