/* cairo, loaded when the first figure is drawn: with what it draws in its turn - fonts, X, pixels
 * - it would make every start of the program take twice as long. */
#ifndef DRAW_FIGURE_CAIRO_H
#define DRAW_FIGURE_CAIRO_H

#include <cairo-pdf.h>
#include <cairo-svg.h>

#include "deltaw/base/err.h"

/* Without their prefix. */
#define CAIRO_FUNCTIONS(F)           \
    F(append_path)                   \
    F(arc)                           \
    F(clip)                          \
    F(clip_preserve)                 \
    F(close_path)                    \
    F(copy_path)                     \
    F(create)                        \
    F(destroy)                       \
    F(fill)                          \
    F(font_options_create)           \
    F(font_options_destroy)          \
    F(font_options_set_antialias)    \
    F(font_options_set_hint_metrics) \
    F(font_options_set_hint_style)   \
    F(image_surface_create)          \
    F(image_surface_get_data)        \
    F(image_surface_get_height)      \
    F(image_surface_get_stride)      \
    F(image_surface_get_width)       \
    F(line_to)                       \
    F(move_to)                       \
    F(new_path)                      \
    F(new_sub_path)                  \
    F(paint)                         \
    F(path_destroy)                  \
    F(pdf_surface_create_for_stream) \
    F(pdf_surface_set_metadata)      \
    F(recording_surface_create)      \
    F(rectangle)                     \
    F(restore)                       \
    F(rotate)                        \
    F(save)                          \
    F(select_font_face)              \
    F(set_dash)                      \
    F(set_font_options)              \
    F(set_font_size)                 \
    F(set_line_cap)                  \
    F(set_line_join)                 \
    F(set_line_width)                \
    F(set_source_rgb)                \
    F(set_source_rgba)               \
    F(show_text)                     \
    F(status)                        \
    F(status_to_string)              \
    F(stroke)                        \
    F(surface_destroy)               \
    F(surface_finish)                \
    F(surface_flush)                 \
    F(surface_set_device_scale)      \
    F(surface_status)                \
    F(surface_write_to_png_stream)   \
    F(svg_surface_create_for_stream) \
    F(svg_surface_set_document_unit) \
    F(text_extents)                  \
    F(translate)
#define CAIRO_MEMBER(name) __typeof__(cairo_##name) *name;

struct cairo_library {
    CAIRO_FUNCTIONS(CAIRO_MEMBER)
};
bool figure_cairo_load(struct cairo_library *lib, struct err *err);

#endif
