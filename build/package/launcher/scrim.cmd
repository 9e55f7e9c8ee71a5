@echo off
rem scrim on the command line, beside the installed app. It needs Node 24 or newer, which the app cannot stand in for.
setlocal
if not defined SCRIM_NODE set "SCRIM_NODE=node"
set "major="
for /f "delims=" %%v in ('""%SCRIM_NODE%" -p "process.versions.node.split(String.fromCharCode(46))[0]" 2^>nul"') do set "major=%%v"
if not defined major goto missing
if %major% LSS 24 goto missing
"%SCRIM_NODE%" --max-semi-space-size=8 "%~dp0dist\cli\cli.js" %*
exit /b %errorlevel%
:missing
echo scrim: the command line needs Node 24 or newer; install it (https://nodejs.org), or name it in SCRIM_NODE. 1>&2
exit /b 1
