/** What leaves a run: the ONNX file, with notes inside that say how pixels become its inputs. */
@NullMarked
package io.reflux.student.export;

import org.jspecify.annotations.NullMarked;
