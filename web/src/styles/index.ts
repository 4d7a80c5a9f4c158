// Order matters only between these: the library's styles are in a layer and lose against ours.
import '@mantine/core/styles/default-css-variables.layer.css';
import './tokens.css';
import './fonts.css';
import './base.css';
import './shell.css';
import './controls.css';
import './surfaces.css';
import './tables.css';
