// Posts a body to an address with Go's net/http, as it is without any option, and prints what comes.
// main KEY BODY ADDRESS
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	request, err := http.NewRequest("POST", os.Args[3], strings.NewReader(os.Args[2]))
	if err != nil {
		fail(err)
	}
	request.Header.Set("Authorization", "Bearer "+os.Args[1])
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		fail(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(os.Stdout, response.Body); err != nil {
		fail(err)
	}
	if response.StatusCode != 200 {
		fail(fmt.Errorf("%s", response.Status))
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
